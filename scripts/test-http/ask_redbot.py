"""
Runs REDbot on requests from standard input: a JSON list of {url, method, headers}. Writes a list of its findings in the same order:
{status, error, notes: [{id, level, subject, text}]}. REDbot's own command takes no headers.
"""

import json
import sys
from configparser import ConfigParser

import thor
from redbot.resource import HttpResource


def settings():
    parser = ConfigParser()
    parser.read_dict({"redbot": {"enable_local_access": "True"}})
    return parser["redbot"]


def note_of(note):
    return {"id": type(note).__name__, "level": note.level.name, "subject": note.subject, "text": str(note.summary)}


def notes_in(resource):
    return [each for note in resource.response.notes for each in (note, *note.subnotes)]


def finding_of(resource):
    error = resource.fetch_error
    return {
        "status": resource.response.status_code,
        "error": str(error) if error else None,
        "notes": [note_of(note) for note in notes_in(resource)],
    }


def look(left, config, findings):
    """Checks one URL after the other, because requests for one may change the answers of another."""
    if not left:
        thor.stop()
        return
    asked = left.pop(0)
    resource = HttpResource(config)
    resource.set_request(asked["url"], method=asked["method"], headers=list(asked["headers"].items()))

    @thor.events.on(resource)
    def check_done():
        findings.append(finding_of(resource))
        thor.schedule(0, look, left, config, findings)

    resource.check()


if __name__ == "__main__":
    found = []
    look(json.load(sys.stdin), settings(), found)
    thor.run()
    json.dump(found, sys.stdout)
