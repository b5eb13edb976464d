namespace IoTCentral.Web.Features.Devices.Modules;

/// <summary>Names the resource <c>ModuleTexts.resx</c>: words of a device's modules, and of gateways.</summary>
public sealed class ModuleTexts;
