"""ANSWER: a question and passages become a cited answer or a refusal."""
