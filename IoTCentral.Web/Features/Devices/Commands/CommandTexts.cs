namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>Names the resource <c>CommandTexts.resx</c>: words of a device's commands and of the messages to it.</summary>
public sealed class CommandTexts;
