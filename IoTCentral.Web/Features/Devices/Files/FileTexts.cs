namespace IoTCentral.Web.Features.Devices.Files;

/// <summary>Names the resource <c>FileTexts.resx</c>: words of a device's files.</summary>
public sealed class FileTexts;
