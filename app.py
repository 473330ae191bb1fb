"""The app: ``streamlit run app.py``. Pages are in ``formcheck/app``; this only binds them to a server."""

import streamlit as st

from formcheck.app import server

app = st.App(server.SCRIPT, routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan)
