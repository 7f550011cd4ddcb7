"""What somebody does who changes a bundle and repairs its hashes: only its content tells."""

import hashlib
import json


def rewrite(bundle, change):
    """Change what bundle.json says."""
    manifest = json.loads((bundle / "bundle.json").read_text())
    change(manifest)
    (bundle / "bundle.json").write_text(json.dumps(manifest))


def vouch(bundle, name):
    """Let bundle.json vouch for a file as it is now."""
    digest = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
    rewrite(bundle, lambda manifest: manifest["files"].update({name: digest}))


def link(bundle, name, target):
    """Put a link in place of a file of a bundle."""
    (bundle / name).unlink()
    (bundle / name).symlink_to(target)


def replace(bundle, name, content):
    """Put other content into a file, for which bundle.json vouches then."""
    (bundle / name).write_bytes(content)
    vouch(bundle, name)
