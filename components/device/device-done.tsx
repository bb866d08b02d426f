import { DeviceTitle } from "#components/device/device-title.tsx";

/** What came of it; the rest happens on the device. */
export function DeviceDone({ heading }: { heading: string }) {
  return (
    <div>
      <DeviceTitle>{heading}</DeviceTitle>
    </div>
  );
}
