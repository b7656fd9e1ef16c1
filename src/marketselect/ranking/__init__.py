"""The main job: a ranking, the model that scores, and what it rests on."""
