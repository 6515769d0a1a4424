/**
 * Which TIFF and DNG entries a decoder needs.
 *
 * Source: TIFF 6.0, TIFF/EP (ISO 12234-2), DNG 1.7.1. Text entries are on no list: none is
 * needed to show a picture, and each can hold anything.
 */

const PICTURE_TAGS = [
  254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 290, 291, 292, 293, 296,
  297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 334, 336, 338, 339, 340, 341, 342, 343, 347, 512, 513, 514, 515,
  517, 518, 519, 520, 521, 529, 530, 531, 532, 559, 32995, 32996, 32997, 34675, 37122, 33421, 33422,
];

/** DNG: versions, geometry, levels, matrices, opcodes, tone; not serial numbers, names, digests, dates or private data. */
const DNG_TAGS = [
  50706, 50707, 50708, 50710, 50711, 50712, 50713, 50714, 50715, 50716, 50717, 50718, 50719, 50720, 50721, 50722, 50723, 50724,
  50725, 50726, 50727, 50728, 50729, 50730, 50731, 50732, 50733, 50734, 50737, 50738, 50739, 50741, 50778, 50779, 50780, 50829,
  50830, 50831, 50832, 50833, 50879, 50931, 50932, 50937, 50938, 50939, 50940, 50941, 50964, 50965, 50970, 50974, 50975,
  50981, 50982, 51008, 51009, 51022, 51041, 51043, 51044, 51058, 51081, 51089, 51090, 51091, 51107, 51108, 51109, 51110, 51112,
  51125, 51177, 51178, 51179, 51180, 51181, 52525, 52529, 52530, 52531, 52532, 52533, 52534, 52535, 52536, 52537, 52538, 52543,
  52544, 52547, 52548, 52549, 52550,
];

const KEPT = new Set([...PICTURE_TAGS, ...DNG_TAGS]);

export const isNeeded = (tag: number): boolean => KEPT.has(tag);

/** Required by DNG, but it names the camera: its text is replaced. */
export const UNIQUE_CAMERA_MODEL = 50708;
/** Both must be equal for a calibration to count; only Adobe's own mark is kept. */
export const CALIBRATION_SIGNATURES: ReadonlySet<number> = new Set([50931, 50932]);
export const COLOUR_PROFILES: ReadonlySet<number> = new Set([34675, 50831, 50833]);

export const ORIENTATION = 274;
export const STRIP_OFFSETS = 273;
export const STRIP_SIZES = 279;
export const TILE_OFFSETS = 324;
export const TILE_SIZES = 325;
export const SUB_DIRECTORIES = 330;
export const JPEG_OFFSET = 513;
export const JPEG_LENGTH = 514;
export const JPEG_TABLE_OFFSETS: readonly (readonly [tag: number, size: number])[] = [[519, 64], [520, 16 + 256], [521, 16 + 256]];
export const DNG_VERSION = 50706;

/** Entries without which there is no picture; a damaged one is a reason to refuse. */
export const ESSENTIAL: ReadonlySet<number> = new Set([256, 257, DNG_VERSION, STRIP_OFFSETS, STRIP_SIZES, TILE_OFFSETS, TILE_SIZES]);
/** Bytes of one value of each field type. */
export const VALUE_SIZES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
export const ASCII = 2;
