"""LINE: what friends of the library's account send it. A code from my page connects them; leaving disconnects."""
