namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>Names the resource <c>GroupTexts.resx</c>: words of device connection groups and their certificates.</summary>
public sealed class GroupTexts;
