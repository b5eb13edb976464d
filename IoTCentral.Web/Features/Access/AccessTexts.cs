namespace IoTCentral.Web.Features.Access;

/// <summary>Names the resource <c>AccessTexts.resx</c>: words of the API page.</summary>
public sealed class AccessTexts;
