"""Prints what a process of its own makes of techniques: ``python -m tests.engine.compress.hashes ID...`` as JSON."""

import hashlib
import json
import sys

from engine.compress.registry import find
from engine.compress.run import apply_recipe
from engine.records import Recipe, RecipeStep
from tests.engine.compress.examples import KNOBS, NETWORKS
from tests.engine.compress.toys import context_for, graph_of, state_of


def file_hash(id):
    """Hash of the file that a recipe of one technique ends with, and what is said about it."""
    network = NETWORKS.get(id, "residual")
    recipe = Recipe((RecipeStep(find(id).id, KNOBS.get(id, {})),))
    made = apply_recipe(state_of(network), recipe, context_for(network), graph_of)
    said = repr((made.notes, made.skipped)).encode()
    return hashlib.sha256(graph_of(made).SerializeToString() + said).hexdigest()


if __name__ == "__main__":
    print(json.dumps({id: file_hash(id) for id in sys.argv[1:]}))
