import { type Attempt, attempt, readerOf } from '../../reader.ts';
import { guidText, ucs2Text } from '../uefi.ts';
import { draft, wholeFact } from './draft.ts';
import type { DraftFact, DraftMeaning } from './types.ts';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', 'EFI system partition'],
  ['ebd0a0a2-b9e5-4433-87c0-68b6b72699c7', 'Microsoft basic data'],
  ['e3c9e316-0b5c-4db8-817d-f92df00215ae', 'Microsoft reserved'],
  ['de94bba4-06d1-4d40-a16a-bfd50179d6ac', 'Windows recovery'],
  ['0fc63daf-8483-4772-8e79-3d69d8477de4', 'Linux file system'],
  ['0657fd6d-a4ab-43c4-84e5-0933c84b4f4f', 'Linux swap'],
  ['e6d6d379-f507-44c2-a23c-238f2a3df928', 'Linux LVM'],
  ['a19d880f-05fc-4d3b-a006-743f0f84911e', 'Linux RAID'],
  ['4f68bce3-e8cd-4db1-96e7-fbcaf984b709', 'Linux root (x86-64)'],
  ['2c7357ed-ebd2-46d9-aec1-23d437ec2bf5', 'Linux root verity (x86-64)'],
  ['ca7d7ccb-63ed-4c53-861c-1742536059cc', 'Linux LUKS'],
  ['933ac7e1-2eb4-4f13-b844-0e14e2aef915', 'Linux home'],
  ['4d21b016-b534-45c2-a9fb-5c16e091fd2d', 'Linux variable data'],
  ['bc13c2ff-59e6-4262-a352-b275fd6f7172', 'Linux extended boot'],
  ['21686148-6449-6e6f-744e-656564454649', 'BIOS boot'],
  ['fe3a2a5d-4f32-41a7-b725-accc3285a309', 'ChromeOS kernel'],
  ['3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec', 'ChromeOS root'],
  ['2e0a753d-9e48-43b0-8337-b15192cb1b5e', 'ChromeOS reserved'],
]);

const MAX_PARTITIONS = 256;
const HEADER_BYTES = 92;

/** UEFI_GPT_DATA (PC Client PFP 10.2.7; header and entries: UEFI 2.10, 5.3). Which disk it was read from is not in it. */
export const partitionMeaning = (data: Uint8Array): Attempt<DraftMeaning> =>
  attempt(() => {
    const reader = readerOf(data, 'little');
    const header = readerOf(reader.bytes(HEADER_BYTES, 'GPT header'), 'little');
    header.bytes(24, 'GPT signature and sizes');
    header.bytes(32, 'GPT block addresses');
    const disk = guidText(header.bytes(16, 'disk GUID'));
    header.bytes(12, 'entry table');
    const entrySize = header.u32('size of an entry');
    const count = reader.u64('number of partitions');
    if (entrySize < 128 || entrySize > 4096) reader.fail(`a partition entry claims ${entrySize} bytes`);
    if (count > BigInt(MAX_PARTITIONS)) reader.fail(`the table claims ${count} partitions; at most ${MAX_PARTITIONS} are read`);
    const facts: DraftFact[] = [wholeFact('disk', disk)];
    for (let i = 0; i < Number(count); i += 1) {
      const entry = readerOf(reader.bytes(entrySize, 'partition entry'), 'little');
      const type = guidText(entry.bytes(16, 'partition type'));
      const unique = guidText(entry.bytes(16, 'partition GUID'));
      const first = entry.u64('first block');
      const last = entry.u64('last block');
      entry.bytes(8, 'attributes');
      const name = ucs2Text(entry.bytes(72, 'partition name'));
      facts.push(wholeFact(`partition ${i + 1}`, `${TYPES.get(type) ?? type} “${name}” ${unique}, blocks ${first} to ${last}`));
    }
    return draft('partition-table', `partition table of disk ${disk}`, facts);
  });
