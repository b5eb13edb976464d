namespace IoTCentral.Web.Features.Settings;

/// <summary>Names the resource <c>SettingsTexts.resx</c>: words of the application's settings.</summary>
public sealed class SettingsTexts;
