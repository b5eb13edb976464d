namespace IoTCentral.Web.Features.Settings.Data;

/// <summary>Names the resource <c>DataTexts.resx</c>: words about how long data is kept.</summary>
public sealed class DataTexts;
