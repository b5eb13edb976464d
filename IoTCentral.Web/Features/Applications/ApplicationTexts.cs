namespace IoTCentral.Web.Features.Applications;

/// <summary>Names the resource <c>ApplicationTexts.resx</c>: words of my applications and new application.</summary>
public sealed class ApplicationTexts;
