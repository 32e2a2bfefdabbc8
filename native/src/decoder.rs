//! TurboJPEG made safe: it is given no size that was not checked, and nobody else gets its handle.
use std::ffi::{c_int, c_void};
use std::ptr::NonNull;

use turbojpeg_sys as tj;

/// Columns on either side of a part from which libjpeg makes the colours of its border.
const MARGIN: u32 = 2;
/// Progressive files have about ten; thousands of them would take minutes.
const MOST_SCANS: c_int = 100;

/// What a caller knows of an image, and what it wants of it.
#[derive(Clone, Copy)]
pub struct Request {
    pub width: u32,
    pub height: u32,
    /// 1, 2, 4 or 8: the image is scaled to one part in so many.
    pub shrink: u32,
    /// In pixels of the scaled image.
    pub part: Part,
}

#[derive(Clone, Copy)]
pub struct Part {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

/// The columns that were decoded: those of the part, and some beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    pub left: u32,
    pub width: u32,
}

/// Why there are no pixels.
#[derive(Debug, PartialEq)]
pub enum Refusal {
    /// The caller asks for what cannot be.
    Request(&'static str),
    /// There is none for a decompressor.
    Memory,
    /// The file is damaged, of another size, or of a kind that is left to others. Warnings count, too.
    File,
}

/// Writes a part of an image as lines of RGB, one after the other. A line may have more columns than the part.
pub fn read(jpeg: &[u8], request: Request, out: &mut [u8]) -> Result<Columns, Refusal> {
    Decoder::new()?.read(jpeg, request, out)
}

/// A decompressor for one image: libjpeg keeps tables from one image to the next, and gives them to files that have
/// none, so that pixels would depend on what the thread has decoded before.
struct Decoder(NonNull<c_void>);

impl Decoder {
    fn new() -> Result<Self, Refusal> {
        // SAFETY: it takes a constant, and gives a handle of our own or null.
        let handle = unsafe { tj::tj3Init(tj::TJINIT_TJINIT_DECOMPRESS as c_int) };
        let mut decoder = Self(NonNull::new(handle).ok_or(Refusal::Memory)?);
        decoder.set(tj::TJPARAM_TJPARAM_STOPONWARNING, 1)?;
        decoder.set(tj::TJPARAM_TJPARAM_SCANLIMIT, MOST_SCANS)?;
        Ok(decoder)
    }

    fn read(&mut self, jpeg: &[u8], request: Request, out: &mut [u8]) -> Result<Columns, Refusal> {
        let Request { width, height, shrink, part } = request;
        if !matches!(shrink, 1 | 2 | 4 | 8) {
            return Err(Refusal::Request("shrink must be 1, 2, 4 or 8"));
        }
        let (scaled_width, scaled_height) = (width.div_ceil(shrink), height.div_ceil(shrink));
        if !lies_within(part, scaled_width, scaled_height) {
            return Err(Refusal::Request("the part must lie in the image"));
        }
        self.header(jpeg, width, height)?;
        self.scale(shrink)?;
        let block = self.block_width()?.div_ceil(shrink);
        let left = part.left.saturating_sub(MARGIN) / block * block;
        let columns = Columns { left, width: scaled_width.min(part.left + part.width + MARGIN) - left };
        let need = 3 * u64::from(columns.width) * u64::from(part.height);
        if need > out.len() as u64 {
            return Err(Refusal::Request("there is not enough room"));
        }
        self.crop(columns, part)?;
        self.decompress(jpeg, out)?;
        Ok(columns)
    }

    fn set(&mut self, param: tj::TJPARAM, value: c_int) -> Result<(), Refusal> {
        // SAFETY: the handle is ours and lives.
        done(unsafe { tj::tj3Set(self.0.as_ptr(), param as c_int, value) })
    }

    fn get(&self, param: tj::TJPARAM) -> c_int {
        // SAFETY: the handle is ours and lives.
        unsafe { tj::tj3Get(self.0.as_ptr(), param as c_int) }
    }

    fn header(&mut self, jpeg: &[u8], width: u32, height: u32) -> Result<(), Refusal> {
        // SAFETY: the slice lives through the call, and no more than its length is read.
        done(unsafe { tj::tj3DecompressHeader(self.0.as_ptr(), jpeg.as_ptr(), jpeg.len() as tj::size_t) })?;
        let is_so_large = self.get(tj::TJPARAM_TJPARAM_JPEGWIDTH) as u32 == width
            && self.get(tj::TJPARAM_TJPARAM_JPEGHEIGHT) as u32 == height;
        let is_plain = self.get(tj::TJPARAM_TJPARAM_PRECISION) == 8 && self.get(tj::TJPARAM_TJPARAM_LOSSLESS) == 0;
        if is_so_large && is_plain { Ok(()) } else { Err(Refusal::File) }
    }

    /// Columns of the smallest part that is decoded by itself.
    fn block_width(&self) -> Result<u32, Refusal> {
        match self.get(tj::TJPARAM_TJPARAM_SUBSAMP) as tj::TJSAMP {
            tj::TJSAMP_TJSAMP_444 | tj::TJSAMP_TJSAMP_GRAY | tj::TJSAMP_TJSAMP_440 | tj::TJSAMP_TJSAMP_441 => Ok(8),
            tj::TJSAMP_TJSAMP_422 | tj::TJSAMP_TJSAMP_420 => Ok(16),
            tj::TJSAMP_TJSAMP_411 => Ok(32),
            _ => Err(Refusal::File),
        }
    }

    fn scale(&mut self, shrink: u32) -> Result<(), Refusal> {
        let factor = tj::tjscalingfactor { num: 1, denom: shrink as c_int };
        // SAFETY: the handle is ours, and the factor is passed by value.
        done(unsafe { tj::tj3SetScalingFactor(self.0.as_ptr(), factor) })
    }

    /// Says what to write. It is never left to the file, not even where the part is all of the image.
    fn crop(&mut self, columns: Columns, part: Part) -> Result<(), Refusal> {
        let region = tj::tjregion {
            x: columns.left as c_int,
            y: part.top as c_int,
            w: columns.width as c_int,
            h: part.height as c_int,
        };
        // SAFETY: the handle is ours, and the region is passed by value; TurboJPEG checks it against the header.
        done(unsafe { tj::tj3SetCroppingRegion(self.0.as_ptr(), region) })
    }

    fn decompress(&mut self, jpeg: &[u8], out: &mut [u8]) -> Result<(), Refusal> {
        // SAFETY: both slices live through the call. It reads no more than the length of the first, and writes the
        // region that was set, which `read` has found to fit the second.
        done(unsafe {
            let (from, length) = (jpeg.as_ptr(), jpeg.len() as tj::size_t);
            tj::tj3Decompress8(self.0.as_ptr(), from, length, out.as_mut_ptr(), 0, tj::TJPF_TJPF_RGB)
        })
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and nobody uses it afterwards.
        unsafe { tj::tj3Destroy(self.0.as_ptr()) }
    }
}

fn lies_within(part: Part, width: u32, height: u32) -> bool {
    let right = u64::from(part.left) + u64::from(part.width);
    let bottom = u64::from(part.top) + u64::from(part.height);
    // A frame counts its lines and columns in 16 bits, so larger ones are no JPEG's.
    part.width > 0
        && part.height > 0
        && right <= u64::from(width)
        && bottom <= u64::from(height)
        && width <= 0xffff
        && height <= 0xffff
}

fn done(code: c_int) -> Result<(), Refusal> {
    if code == 0 { Ok(()) } else { Err(Refusal::File) }
}

#[cfg(test)]
mod tests;
