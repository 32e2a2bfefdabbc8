/** Heat maps of the same images, one row a network, as one picture. */
import { writeFile } from 'node:fs/promises'
import { interpolateInferno } from 'd3-scale-chromatic'
import sharp from 'sharp'

const SIDE = 32 // pixels of an image
const SHOWN = 72 // as drawn
const GAP = 6
const LEFT = 130
const OPACITY = 0.6

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

/** Writes `path.svg`, with the images inside, and `path.png`. */
export async function drawHeatMaps(path, pictures, networks) {
  const step = SHOWN + GAP
  const cells = []
  for (const [column, { label, pixels, maps }] of pictures.entries()) {
    const x = LEFT + column * step
    const bytes = Buffer.from(pixels, 'base64')
    cells.push(`<text x="${x + SHOWN / 2}" y="14" text-anchor="middle">${CLASSES[label]}</text>`)
    cells.push(await picture(bytes, { x, y: 20 }))
    for (const [i, { id }] of networks.entries()) {
      cells.push(await picture(await heated(bytes, maps[id]), { x, y: 20 + (i + 1) * step }))
    }
  }
  const rows = ['image', ...networks.map(({ method }) => method)].map(
    (name, i) => `<text x="${LEFT - 10}" y="${20 + i * step + SHOWN / 2 + 4}" text-anchor="end">${name}</text>`
  )
  const [width, height] = [LEFT + pictures.length * step, 20 + (networks.length + 1) * step]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12" fill="#222222">
<rect width="${width}" height="${height}" fill="white"/>
${[...rows, ...cells].join('\n')}
</svg>
`
  await writeFile(`${path}.svg`, svg)
  await sharp(Buffer.from(svg), { density: 144 }).png({ palette: true }).toFile(`${path}.png`)
}

async function picture(bytes, { x, y }) {
  const raw = { width: SIDE, height: SIDE, channels: 3 }
  const png = await sharp(bytes, { raw }).png().toBuffer() // whoever draws it makes it larger
  return `<image x="${x}" y="${y}" width="${SHOWN}" height="${SHOWN}" href="data:image/png;base64,${png.toString('base64')}"/>`
}

/** The image under its map, from black over red to yellow: brighter is more. */
async function heated(bytes, map) {
  const raw = { width: map[0].length, height: map.length, channels: 1 }
  const grey = Uint8Array.from(map.flat(), value => Math.round(255 * value))
  const large = await sharp(grey, { raw }).resize(SIDE, SIDE, { kernel: 'linear' }).extractChannel(0).raw().toBuffer()
  const to = Buffer.alloc(bytes.length)
  for (let i = 0; i < large.length; i++) {
    const heat = Buffer.from(interpolateInferno(large[i] / 255).slice(1), 'hex')
    for (let c = 0; c < 3; c++) to[3 * i + c] = Math.round((1 - OPACITY) * bytes[3 * i + c] + OPACITY * heat[c])
  }
  return to
}
