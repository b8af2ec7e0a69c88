"""Running the provider: what is checked before it may serve, the web server and its worker processes.

Owns processes and start-up; knows nothing about requests.
"""
