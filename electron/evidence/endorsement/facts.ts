import { visibleText } from '../../../shared/model/hostile-text.ts';
import { OID, attributesOf } from './certificate.ts';
import { elementAt, elementsOf, reading } from './der.ts';
import type { Certificate, EndorsementFacts } from './types.ts';

/** TCG TPM Vendor ID Registry. */
const VENDORS: ReadonlyMap<string, string> = new Map([
  ['AMD', 'AMD'],
  ['ATML', 'Atmel'],
  ['BRCM', 'Broadcom'],
  ['CSCO', 'Cisco'],
  ['GOOG', 'Google'],
  ['HPE', 'HPE'],
  ['id:00001014', 'IBM'],
  ['IBM', 'IBM'],
  ['IFX', 'Infineon'],
  ['INTC', 'Intel'],
  ['LEN', 'Lenovo'],
  ['MSFT', 'Microsoft'],
  ['NSM', 'National Semiconductor'],
  ['NTC', 'Nuvoton'],
  ['NTZ', 'Nationz'],
  ['QCOM', 'Qualcomm'],
  ['ROCC', 'Fuzhou Rockchip'],
  ['SMSC', 'SMSC'],
  ['SNS', 'Sinosun'],
  ['STM', 'STMicroelectronics'],
  ['TXN', 'Texas Instruments'],
  ['WEC', 'Winbond'],
]);

/** "id:53544D20" is four characters in hexadecimal, padded with spaces or zeros. */
const vendorOf = (text: string): string => {
  const hex = /^id:([0-9A-Fa-f]{8})$/u.exec(text.trim())?.[1];
  const letters =
    hex === undefined
      ? null
      : Buffer.from(hex, 'hex')
          .toString('latin1')
          .replace(/[\0 ]+$/u, '');
  return visibleText(letters !== null && /^[A-Za-z0-9]{1,4}$/u.test(letters) ? letters : text, 60);
};

const DIRECTORY_NAME = 0xa4;

const shown = (text: string | null): string | null => (text === null ? null : visibleText(text, 60));

export const factsOf = (certificate: Certificate, chained: boolean): EndorsementFacts => {
  const names = reading(() => {
    const extension = certificate.extensions.get(OID.subjectAltName);
    const parts = extension === undefined ? [] : elementsOf(elementAt(extension.value, 0).element.content);
    return parts.filter((part) => part.tag === DIRECTORY_NAME).flatMap((part) => attributesOf(elementAt(part.content, 0).element));
  });
  const named = (oid: string): string | null => (names.ok ? (names.value.find(([type]) => type === oid)?.[1] ?? null) : null);
  const maker = named(OID.tpmManufacturer);
  const vendor = maker === null ? null : vendorOf(maker);
  return {
    vendor,
    vendorName: vendor === null ? null : (VENDORS.get(vendor) ?? null),
    model: shown(named(OID.tpmModel)),
    firmware: shown(named(OID.tpmVersion)),
    serial: certificate.serial.slice(0, 64),
    notBeforeMs: certificate.notBefore,
    notAfterMs: certificate.notAfter,
    chained,
  };
};
