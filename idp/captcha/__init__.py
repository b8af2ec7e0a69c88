"""Telling a person at a form from a program that sends it a thousand times: work for a browser, or a wait without one."""
