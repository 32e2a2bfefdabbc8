//! What the addon's callers cannot try: sizes that do not fit.
use std::fs;

use super::*;

const WIDTH: u32 = 19;
const HEIGHT: u32 = 14;

fn photo() -> Vec<u8> {
    fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../test/fixtures/codecs/rgb.jpg")).expect("the fixture is there")
}

fn request(left: u32, top: u32, width: u32, height: u32) -> Request {
    Request { width: WIDTH, height: HEIGHT, shrink: 1, part: Part { left, top, width, height } }
}

fn tried(request: Request, room: usize) -> Result<Columns, Refusal> {
    read(&photo(), request, &mut vec![0; room])
}

#[test]
fn needs_room_for_every_column_that_it_decodes() {
    let all = (WIDTH * HEIGHT * 3) as usize;
    assert_eq!(tried(request(0, 0, WIDTH, HEIGHT), all), Ok(Columns { left: 0, width: WIDTH }));
    assert_eq!(tried(request(0, 0, WIDTH, HEIGHT), all - 1), Err(Refusal::Request("there is not enough room")));
    assert_eq!(tried(request(0, 0, 1, 1), 9), Ok(Columns { left: 0, width: 3 }));
    assert_eq!(tried(request(0, 0, 1, 1), 8), Err(Refusal::Request("there is not enough room")));
}

#[test]
fn refuses_parts_outside_the_image() {
    let outside = Err(Refusal::Request("the part must lie in the image"));
    for (left, top, width, height) in
        [(1, 0, WIDTH, 1), (0, 1, 1, HEIGHT), (u32::MAX, 0, 2, 1), (0, u32::MAX, 1, 2), (0, 0, 0, 1), (0, 0, 1, 0)]
    {
        assert_eq!(tried(request(left, top, width, height), 1 << 20), outside);
    }
}

#[test]
fn refuses_other_scales() {
    let wanted = Request { shrink: 3, ..request(0, 0, 1, 1) };
    assert_eq!(tried(wanted, 1 << 20), Err(Refusal::Request("shrink must be 1, 2, 4 or 8")));
}

#[test]
fn refuses_a_file_of_another_size() {
    let larger = Request { width: WIDTH + 1, ..request(0, 0, WIDTH + 1, HEIGHT) };
    assert_eq!(tried(larger, 1 << 20), Err(Refusal::File));
}

#[test]
fn knows_nothing_of_the_file_before() {
    let whole = photo();
    let mut out = [0; 9];
    assert!(read(&whole, request(0, 0, 1, 1), &mut out).is_ok());
    // Without its first table of quantisation.
    let at = whole.windows(2).position(|pair| pair == [0xff, 0xdb]).expect("a table");
    let length = 2 + usize::from(whole[at + 2]) * 256 + usize::from(whole[at + 3]);
    let less = [&whole[..at], &whole[at + length..]].concat();
    for jpeg in [&less[..], &[], &whole[..200], &[0xff, 0xd8, 0xff, 0xd9]] {
        assert_eq!(read(jpeg, request(0, 0, 1, 1), &mut out), Err(Refusal::File));
    }
    assert!(read(&whole, request(0, 0, 1, 1), &mut out).is_ok());
}
