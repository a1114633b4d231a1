"""Background work that is never lost: a queue in the database and a worker in the server's lifespan."""
