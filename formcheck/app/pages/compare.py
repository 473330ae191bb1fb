"""Placeholder."""

import streamlit as st

from formcheck.app.texts import t


def page() -> None:
    """Nothing yet."""
    st.title(t("compare.title"))
