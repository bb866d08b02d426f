import { DeviceTitle } from "#components/device/device-title.tsx";

/** What came of it; the rest happens on the device. */
export function DeviceDone({ heading, isAllowed }: { heading: string; isAllowed: boolean }) {
  return (
    <div>
      <DeviceTitle>{heading}</DeviceTitle>
      <p className="lead">{isAllowed ? "Go back to your device." : "Your device was told."}</p>
    </div>
  );
}
