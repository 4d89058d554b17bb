//! Does the main job by the client that openapi-generator makes for Rust.
use base64::{engine::general_purpose::STANDARD, Engine};
use openapi::apis::{async_upload_api, configuration::Configuration, download_api, sync_upload_api, Error};
use openapi::models::{self, Command, CompletedPart, Output, RequestedRendition};
use reqwest::header::{HeaderMap, HeaderValue, CONTENT_LENGTH};
use sha2::{Digest, Sha256};
use std::{env, fmt::Display, fs, path::PathBuf};

fn tell(step: &str, value: impl Display) {
    println!("{step}={value}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base_path = env::args().nth(1).ok_or("the URL is missing")?;
    let api = Configuration { base_path, ..Configuration::default() };
    let big = fs::read("big.jpg")?;

    let form = sync_upload_api::upload_image(
        &api, PathBuf::from("photo.jpg"), None, None, None, None, None, None, None, None, None, None, None, None, None, None,
        None, None, Some("[\"thumb\"]"),
    )
    .await?;
    tell("form", form.checksum_sha256.unwrap_or_default());
    tell("raw", "-");

    let declaration = models::UploadDeclaration { content_length: Some(big.len() as i64), ..Default::default() };
    let upload = async_upload_api::create_upload(&api, declaration, None).await?;
    let mut parts = Vec::new();
    for (index, bytes) in big.chunks(upload.part_size as usize).enumerate() {
        let path = PathBuf::from(format!("part-{index}"));
        fs::write(&path, bytes)?;
        // The client streams a file without its length, which a part must have.
        let headers = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from(bytes.len()))]);
        let client = reqwest::Client::builder().default_headers(headers).build()?;
        let telling = Configuration { base_path: api.base_path.clone(), client, ..Configuration::default() };
        let part = async_upload_api::upload_part(
            &telling, &upload.upload_id, index as i32 + 1, path, None, None, None, None, None, None, None, None, None, None, None,
            None, None, None,
        )
        .await?;
        parts.push(CompletedPart::new(part.part_number as i32, part.e_tag));
    }
    let completed = async_upload_api::complete_upload(&api, &upload.upload_id, models::PartsToComplete::new(parts)).await?;
    tell("parts", completed.checksum_sha256.unwrap_or_default());

    let image_id = form.image_id;
    let record = download_api::get_image(&api, &image_id, None, None, None).await?;
    tell("read", &record.renditions.first().ok_or("there is no rendition")?.name);

    let resize = models::ResizeCommand { width: Some(20), ..models::ResizeCommand::new(models::resize_command::Operation::Resize) };
    let card = models::OwnRendition {
        commands: Some(vec![Command::ResizeCommand(Box::new(resize))]),
        output: Some(Box::new(Output::PngOutput(Box::new(models::PngOutput::new(models::png_output::Format::Png))))),
        ..models::OwnRendition::new("card".to_owned())
    };
    let request = models::RenditionsRequest::new(vec![RequestedRendition::OwnRendition(Box::new(card))]);
    let asked = sync_upload_api::request_renditions(&api, &image_id, request).await?;
    let made = asked.renditions.iter().find(|rendition| rendition.name == "card").ok_or("it is not there")?;
    match (made.commands.first(), &*made.output) {
        (Some(Command::ResizeCommand(_)), Output::PngOutput(_)) => tell("ask", "resize png"),
        other => return Err(format!("it is {other:?}").into()),
    }

    let original = download_api::get_original(&api, &image_id, None, None, None, None, None, None, None, None, None, None, None, None).await?;
    tell("download", STANDARD.encode(Sha256::digest(original.bytes().await?)));
    let rendition =
        download_api::get_rendition(&api, &image_id, "card", None, None, None, None, None, None, None, None, None, None, None, Some("wait=30")).await?;
    let start: String = rendition.bytes().await?.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    tell("rendition", start);

    let list = download_api::list_images(&api, None, Some(100), None, None, None).await?;
    tell("list", list.images.iter().any(|image| image.image_id == image_id));
    match sync_upload_api::delete_image(&api, &image_id, None, None, None).await {
        // It says 204, of which this generator makes the type of the other answer.
        Ok(_) | Err(Error::Serde(_)) => tell("delete", true),
        Err(error) => return Err(error.into()),
    }
    if let Err(Error::ResponseError(gone)) = download_api::get_image(&api, &image_id, None, None, None).await {
        let problem: models::Problem = serde_json::from_str(&gone.content)?;
        tell("problem", serde_json::to_value(problem.code)?.as_str().unwrap_or_default());
    }
    Ok(())
}
