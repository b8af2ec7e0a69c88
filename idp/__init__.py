"""The MES Identity Provider. DESIGN: capability packages in floors; imports point down (see pyproject, import-linter)."""

__version__ = "0.1.0"
