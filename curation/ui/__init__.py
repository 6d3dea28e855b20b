"""The browser app's pages. The only part, with app.py, that knows streamlit."""
