"""MES modules: who may open which, with which roles and under which id there, and the menu. Default deny."""
