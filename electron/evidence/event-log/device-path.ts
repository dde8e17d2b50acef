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

const hex = (value: number): string => `0x${value.toString(16)}`;

/** ACPI names that every PC has: EISA PNP0A03 is the PCI root, PNP0A08 the PCIe root. */
const acpi = (body: Uint8Array): string => {
  const id = u32At(body, 0);
  if (id === 0x0a0341d0 || id === 0x0a0841d0) return `PciRoot(${hex(u32At(body, 4))})`;
  return `Acpi(${hex(id)},${hex(u32At(body, 4))})`;
};

const u64At = (bytes: Uint8Array, at: number): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true);

/** Nodes of messaging and media that carry no more than an address (UEFI 2.10, 10.3.4 and 10.3.5). */
const rarerNode = (key: number, body: Uint8Array): string | null => {
  if (key === 0x0103 && body.length >= 20)
    return `MemoryMapped(${u32At(body, 0)},${hex(Number(u64At(body, 4)))},${hex(Number(u64At(body, 12)))})`;
  if ((key === 0x0104 || key === 0x030a || key === 0x0403) && body.length >= 16)
    return `${key === 0x0104 ? 'VenHw' : key === 0x030a ? 'VenMsg' : 'VenMedia'}(${guidText(body.subarray(0, 16))})`;
  if (key === 0x0105 && body.length >= 4) return `Ctrl(${u32At(body, 0)})`;
  if (key === 0x0301 && body.length >= 2) return `Ata(${body[0] ?? '?'},${body[1] ?? '?'})`;
  if (key === 0x0302 && body.length >= 4) return `Scsi(${(body[0] ?? 0) + (body[1] ?? 0) * 256},${(body[2] ?? 0) + (body[3] ?? 0) * 256})`;
  if (key === 0x030e && body.length >= 12) return `Uart(${u64At(body, 4)})`;
  if (key === 0x030f) return 'UsbClass';
  if (key === 0x0311 && body.length >= 1) return `Unit(${body[0] ?? '?'})`;
  if (key === 0x0313) return 'iSCSI';
  if (key === 0x0314 && body.length >= 2) return `Vlan(${(body[0] ?? 0) + (body[1] ?? 0) * 256})`;
  if (key === 0x0319) return 'Ufs';
  if (key === 0x031a) return 'Sd';
  if (key === 0x031b) return 'Bluetooth';
  if (key === 0x031c) return 'WiFi';
  if (key === 0x031d) return 'Emmc';
  if (key === 0x031f) return 'Dns';
  if (key === 0x0402 && body.length >= 4) return `CdRom(${u32At(body, 0)})`;
  if (key === 0x0408 && body.length >= 20) return `Offset(${hex(Number(u64At(body, 4)))},${hex(Number(u64At(body, 12)))})`;
  if (key === 0x0409 && body.length >= 16) return `RamDisk(${hex(Number(u64At(body, 0)))},${hex(Number(u64At(body, 8)))})`;
  if (key >> 8 === 0x05 && body.length >= 4)
    return `Bbs(${(body[0] ?? 0) + (body[1] ?? 0) * 256},${visibleText(
      Buffer.from(body.subarray(4))
        .toString('latin1')
        .replace(/\0[^]*$/u, ''),
      60,
    )})`;
  return null;
};

const nodeText = (type: number, subType: number, body: Uint8Array): string => {
  const key = type * 256 + subType;
  if (key === 0x0101 && body.length >= 2) return `Pci(0x${(body[1] ?? 0).toString(16)},0x${(body[0] ?? 0).toString(16)})`;
  if (key === 0x0201 && body.length >= 8) return acpi(body);
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
  return rarerNode(key, body) ?? `Path(${type},${subType})`;
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

export type LoadOption = {
  readonly description: string;
  readonly path: string;
  readonly active: boolean;
  /** OptionalData: what the firmware hands to the program, for a unified kernel its command line. */
  readonly optional: Uint8Array;
};

const LOAD_OPTION_ACTIVE = 1;

/** EFI_LOAD_OPTION (UEFI 2.10, 3.1.3): description and file path of a Boot#### variable. */
export const loadOption = (bytes: Uint8Array): Attempt<LoadOption> =>
  attempt(() => {
    const reader = readerOf(bytes, 'little');
    const attributes = reader.u32('attributes');
    const pathLength = reader.u16('FilePathListLength');
    const rest = reader.bytes(reader.remaining(), 'description');
    let end = 0;
    while (end + 1 < rest.length && (rest[end] !== 0 || rest[end + 1] !== 0)) end += 2;
    if (end + 1 >= rest.length) reader.fail('the description does not end');
    const list = rest.subarray(end + 2, end + 2 + pathLength);
    if (list.length < pathLength) reader.fail(`the file path list claims ${pathLength} bytes`);
    const path = devicePathText(list);
    if (!path.ok) return reader.fail(path.message);
    return {
      description: visibleText(ucs2Text(rest.subarray(0, end)), 120),
      path: path.value,
      active: (attributes & LOAD_OPTION_ACTIVE) !== 0,
      optional: rest.subarray(end + 2 + pathLength),
    };
  });

/** A load option as one line. */
export const loadOptionText = (bytes: Uint8Array): Attempt<string> => {
  const option = loadOption(bytes);
  return option.ok ? { ok: true, value: `${option.value.description}: ${option.value.path}` } : option;
};
