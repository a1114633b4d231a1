"""One file, one thing the desk does, named as its one public function."""
