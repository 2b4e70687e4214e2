"""キオスク: a touch screen in the library. It acts with the key of a device; a reader stays on it for 60 seconds at most."""
