//! Says to the addon which libjpeg-turbo `turbojpeg-sys` has built.
use std::{env, fs, path::Path};

fn main() {
    napi_build::setup();
    let include = env::var("DEP_TURBOJPEG_INCLUDE").expect("turbojpeg-sys says where its headers are");
    let header = Path::new(&include).join("jconfig.h");
    let text = fs::read_to_string(&header).expect("libjpeg-turbo has a jconfig.h");
    let version = text.lines().find_map(|line| line.strip_prefix("#define LIBJPEG_TURBO_VERSION "));
    println!("cargo:rerun-if-changed={}", header.display());
    println!("cargo:rustc-env=LIBJPEG_TURBO_VERSION={}", version.expect("jconfig.h has a version").trim());
}
