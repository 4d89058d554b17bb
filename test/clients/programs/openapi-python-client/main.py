"""Does the main job with the client that openapi-python-client generates."""
import base64
import hashlib
import io
import json
import sys

from image_service_client import AuthenticatedClient, models
from image_service_client.api.async_upload import complete_upload, create_upload, upload_part
from image_service_client.api.download import get_image, get_original, get_rendition, list_images
from image_service_client.api.sync_upload import delete_image, request_renditions, upload_image
from image_service_client.types import File

client = AuthenticatedClient(base_url=sys.argv[1], token="unused")
with open("photo.jpg", "rb") as file:
    photo = file.read()
with open("big.jpg", "rb") as file:
    big = file.read()


def tell(step: str, value: object) -> None:
    print(f"{step}={value}")


body = models.UploadForm(file=File(io.BytesIO(photo), "photo.jpg"), renditions=json.dumps(["thumb"]))
form = upload_image.sync(client=client, body=body)
assert isinstance(form, models.Image), form
tell("form", form.checksum_sha_256)

raw = upload_image.sync(client=client, body=File(io.BytesIO(photo)), rendition=[models.Preset.THUMB])
assert isinstance(raw, models.Image), raw
tell("raw", raw.checksum_sha_256)

upload = create_upload.sync(client=client, body=models.UploadDeclaration(content_length=len(big)))
assert isinstance(upload, models.Upload), upload
parts: list[models.CompletedPart] = []
for start in range(0, len(big), upload.part_size):
    payload = File(io.BytesIO(big[start : start + upload.part_size]))
    part = upload_part.sync(upload.upload_id, len(parts) + 1, client=client, body=payload)
    assert isinstance(part, models.Part), part
    parts.append(models.CompletedPart(part_number=part.part_number, e_tag=part.e_tag, size=part.size))
completed = complete_upload.sync(upload.upload_id, client=client, body=models.PartsToComplete(parts=parts))
assert isinstance(completed, models.Image), completed
tell("parts", completed.checksum_sha_256)

image_id = raw.image_id
record = get_image.sync(image_id, client=client)
assert isinstance(record, models.Image), record
tell("read", record.renditions[0].name)

card = models.OwnRendition(
    name="card",
    commands=[models.ResizeCommand(operation=models.ResizeCommandOperation.RESIZE, width=20)],
    output=models.PngOutput(format_=models.PngOutputFormat.PNG),
)
asked = request_renditions.sync(image_id, client=client, body=models.RenditionsRequest(renditions=[card]))
assert isinstance(asked, models.Image), asked
made = next(rendition for rendition in asked.renditions if rendition.name == "card")
command, output = made.commands[0], made.output
assert isinstance(command, models.ResizeCommand) and isinstance(output, models.PngOutput)
tell("ask", f"{command.operation.value} {output.format_.value}")

original = get_original.sync(image_id, client=client)
assert isinstance(original, File), original
tell("download", base64.b64encode(hashlib.sha256(original.payload.read()).digest()).decode())

rendition = get_rendition.sync(image_id, "card", client=client, prefer="wait=30")
assert isinstance(rendition, File), rendition
tell("rendition", rendition.payload.read()[:4].hex())

listed = list_images.sync(client=client, limit=100)
assert isinstance(listed, models.ImageList), listed
tell("list", str(any(image.image_id == image_id for image in listed.images)).lower())

tell("delete", str(delete_image.sync_detailed(image_id, client=client).status_code in (202, 204)).lower())

gone = get_image.sync(image_id, client=client)
assert isinstance(gone, models.Problem), gone
tell("problem", gone.code.value)
