"""Uploads photo.jpg from the working folder in every way that requests offers, and writes one answer per line.

The first argument is the URL to post to.
"""
import json
import sys

import requests

url = sys.argv[1]
photo = open('photo.jpg', 'rb').read()
thumb = json.dumps(['thumb'])

WAYS = {
    'an open file': lambda: dict(files={'file': open('photo.jpg', 'rb')}),
    'an open file of another name': lambda: dict(files={'file': open('photo.png', 'rb')}),
    'an open file without an extension': lambda: dict(files={'file': open('photo', 'rb')}),
    'bytes': lambda: dict(files={'file': photo}),
    'bytes and a name': lambda: dict(files={'file': ('photo.jpg', photo)}),
    'bytes without a name': lambda: dict(files={'file': (None, photo)}),
    'bytes, a name and a type': lambda: dict(files={'file': ('photo.jpg', photo, 'image/jpeg')}),
    'bytes, a name and a wrong type': lambda: dict(files={'file': ('photo.png', photo, 'image/png')}),
    'a list of parts': lambda: dict(files=[('file', ('photo.jpg', photo))]),
    'a file and a field': lambda: dict(files={'file': open('photo.jpg', 'rb')}, data={'renditions': thumb}),
    'a file and a field as a file': lambda: dict(
        files={'file': open('photo.jpg', 'rb'), 'renditions': ('renditions.json', thumb, 'application/json')}
    ),
    'a raw file': lambda: dict(data=open('photo.jpg', 'rb')),
    'raw bytes': lambda: dict(data=photo),
    'raw bytes in chunks': lambda: dict(data=iter([photo[:100], photo[100:]])),
    'raw bytes and a type': lambda: dict(data=photo, headers={'Content-Type': 'image/jpeg'}),
}

for name, way in WAYS.items():
    answer = requests.post(url, **way())
    print(json.dumps({'way': name, 'status': answer.status_code, 'body': answer.json()}))
