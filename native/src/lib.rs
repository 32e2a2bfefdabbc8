//! JPEG for the workers of Millrace: only the part of a photo that is needed, on the thread that calls.
mod decoder;

use std::ops::Range;

use decoder::{Columns, Part, Refusal, Request};
use napi::bindgen_prelude::BufferSlice;
use napi_derive::napi;

/// Decodes a part of a JPEG into `out`, as lines of RGB. Gives the first column that was decoded: some lie beside the
/// part, on the left as on the right. Gives -1 where anything about the file is unusual.
///
/// Numbers, because each field of an object takes as long to read as a line takes to decode.
///
/// @param width, height  Size of the image that the file is known to hold.
/// @param shrink  1, 2, 4 or 8: the image is scaled to one part in so many.
/// @param left, top, columns, lines  The part, in pixels of the scaled image.
#[napi]
#[allow(clippy::too_many_arguments)]
pub fn decode(
    jpeg: BufferSlice<'_>,
    width: u32,
    height: u32,
    shrink: u32,
    left: u32,
    top: u32,
    columns: u32,
    lines: u32,
    mut out: BufferSlice<'_>,
) -> napi::Result<i32> {
    if overlap(jpeg.as_ptr_range(), out.as_ptr_range()) {
        return Err(error("the file and the pixels share memory"));
    }
    let part = Part { left, top, width: columns, height: lines };
    match decoder::read(&jpeg, Request { width, height, shrink, part }, &mut out) {
        Ok(Columns { left, .. }) => Ok(left as i32), // of at most 16 bits
        Err(Refusal::File) => Ok(-1),
        Err(Refusal::Memory) => Err(error("there is no memory for a decoder")),
        Err(Refusal::Request(why)) => Err(error(why)),
    }
}

/// Versions of this code and of the library in it.
#[napi]
pub fn version() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), " (libjpeg-turbo ", env!("LIBJPEG_TURBO_VERSION"), ")")
}

fn overlap(a: Range<*const u8>, b: Range<*const u8>) -> bool {
    a.start < b.end && b.start < a.end
}

fn error(why: &str) -> napi::Error {
    napi::Error::from_reason(why)
}
