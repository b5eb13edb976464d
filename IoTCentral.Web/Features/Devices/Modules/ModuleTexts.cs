namespace IoTCentral.Web.Features.Devices.Modules;

/// <summary>Names the resource <c>ModuleTexts.resx</c>: words of a device's modules.</summary>
public sealed class ModuleTexts;
