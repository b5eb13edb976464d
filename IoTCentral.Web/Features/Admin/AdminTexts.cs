namespace IoTCentral.Web.Features.Admin;

/// <summary>Names the resource <c>AdminTexts.resx</c>: words of the installation's settings.</summary>
public sealed class AdminTexts;
