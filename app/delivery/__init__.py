"""DELIVER: a notice becomes an e-mail; a transport hands it over or says why it could not."""
