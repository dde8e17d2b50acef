import { visibleText } from '../../../shared/model/hostile-text.ts';
import { toHex } from '../hashing.ts';
import { type Attempt, attempt, readerOf } from '../reader.ts';
import { guidText, ucs2Text } from './uefi.ts';

const MAX_NODES = 64;

const u32At = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);

const harddrive = (body: Uint8Array): string => {
  if (body.length < 38) return 'HD(?)';
  const signature = body.subarray(20, 36);
  return `HD(${u32At(body, 0)},${body[37] === 2 ? guidText(signature) : toHex(signature.subarray(0, 4))})`;
};

const nodeText = (type: number, subType: number, body: Uint8Array): string => {
  const key = type * 256 + subType;
  if (key === 0x0101 && body.length >= 2) return `Pci(0x${(body[1] ?? 0).toString(16)},0x${(body[0] ?? 0).toString(16)})`;
  if (key === 0x0201 && body.length >= 8) return `Acpi(0x${u32At(body, 0).toString(16)},0x${u32At(body, 4).toString(16)})`;
  if (key === 0x0305) return `Usb(${body[0] ?? '?'},${body[1] ?? '?'})`;
  if (key === 0x0317 && body.length >= 4) return `NVMe(${u32At(body, 0)})`;
  if (key === 0x0312 && body.length >= 2) return `Sata(${(body[0] ?? 0) + (body[1] ?? 0) * 256})`;
  if (key === 0x030b && body.length >= 6) return `Mac(${toHex(body.subarray(0, 6))})`;
  if (key === 0x030c) return 'IPv4';
  if (key === 0x030d) return 'IPv6';
  if (key === 0x0318) return `Uri(${visibleText(Buffer.from(body).toString('latin1'), 120)})`;
  if (key === 0x0401) return harddrive(body);
  if (key === 0x0404) return visibleText(ucs2Text(body), 200);
  if ((key === 0x0406 || key === 0x0407) && body.length >= 16)
    return `${key === 0x0406 ? 'FvFile' : 'Fv'}(${guidText(body.subarray(0, 16))})`;
  return `Path(${type},${subType})`;
};

/** EFI_DEVICE_PATH_PROTOCOL (UEFI 2.10, 10.3) as one line of text. Reads at most 64 nodes. */
export const devicePathText = (bytes: Uint8Array): Attempt<string> =>
  attempt(() => {
    const reader = readerOf(bytes, 'little');
    const parts: string[] = [];
    while (reader.remaining() > 0) {
      const type = reader.u8('node type');
      const subType = reader.u8('node subtype');
      const length = reader.u16('node length');
      if (length < 4) reader.fail(`a device path node claims ${length} bytes; a node has at least 4`);
      const body = reader.bytes(length - 4, 'device path node');
      if (type === 0x7f) {
        if (subType === 0xff) break;
        continue;
      }
      if (parts.length >= MAX_NODES) reader.fail(`more than ${MAX_NODES} device path nodes`);
      parts.push(nodeText(type, subType, body));
    }
    return parts.join('/');
  });

/** UEFI_IMAGE_LOAD_EVENT (PC Client PFP 10.2.3): where the image was loaded from. A claim: the digest covers the image, not this. */
export const imageLoadText = (bytes: Uint8Array): Attempt<string> =>
  attempt(() => {
    const reader = readerOf(bytes, 'little');
    reader.bytes(24, 'image location');
    const length = reader.u64('LengthOfDevicePath');
    if (length > BigInt(reader.remaining())) reader.fail(`the device path claims ${length} bytes but ${reader.remaining()} are left`);
    const path = devicePathText(reader.bytes(Number(length), 'device path'));
    return path.ok ? path.value : reader.fail(path.message);
  });

/** EFI_LOAD_OPTION (UEFI 2.10, 3.1.3): description and file path of a Boot#### variable. */
export const loadOptionText = (bytes: Uint8Array): Attempt<string> =>
  attempt(() => {
    const reader = readerOf(bytes, 'little');
    reader.u32('attributes');
    const pathLength = reader.u16('FilePathListLength');
    const rest = reader.bytes(reader.remaining(), 'description');
    let end = 0;
    while (end + 1 < rest.length && (rest[end] !== 0 || rest[end + 1] !== 0)) end += 2;
    if (end + 1 >= rest.length) reader.fail('the description does not end');
    const list = rest.subarray(end + 2, end + 2 + pathLength);
    if (list.length < pathLength) reader.fail(`the file path list claims ${pathLength} bytes`);
    const path = devicePathText(list);
    const description = visibleText(ucs2Text(rest.subarray(0, end)), 120);
    return path.ok ? `${description}: ${path.value}` : reader.fail(path.message);
  });
