"""One module a page, each with ``page()``. Not named "pages": Streamlit takes a folder of that name for its own."""
