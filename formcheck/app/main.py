"""The script Streamlit runs for each page: page settings, navigation, and what every page ends with."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from formcheck.app.parts.common import browser_locale, frame_styles
from formcheck.app.screens import batch, compare, history, live, upload
from formcheck.texts import follow, t

follow(browser_locale)
# Before the navigation, which else makes the page's symbol its icon and has the browser fetch that from elsewhere.
st.set_page_config(page_title="formcheck", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide")
st.html(frame_styles())
page = st.navigation(
    [
        st.Page(upload.page, title=t("nav.upload"), icon=":material/upload:", url_path="upload", default=True),
        st.Page(live.page, title=t("nav.live"), icon=":material/videocam:", url_path="live"),
        st.Page(batch.page, title=t("nav.batch"), icon=":material/folder_open:", url_path="batch"),
        st.Page(compare.page, title=t("nav.compare"), icon=":material/compare:", url_path="compare"),
        st.Page(history.page, title=t("nav.history"), icon=":material/history:", url_path="history"),
    ],
    position="top",
)
st.set_page_config(page_title=f"{page.title} · formcheck")
page.run()
st.caption(t("safety.line"))
