namespace IoTCentral.Web.Features.Devices;

/// <summary>Names the resource <c>DeviceTexts.resx</c>: words of the device pages.</summary>
public sealed class DeviceTexts;
