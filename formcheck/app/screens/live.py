"""The live page; until it is built, where to find live coaching."""

from __future__ import annotations

import streamlit as st

from formcheck.app.texts import t


def page() -> None:
    """Say where live coaching is."""
    st.title(t("live.title"))
    st.info(t("live.soon"))
