namespace IoTCentral.Web.Features.Setup;

/// <summary>Names the resource <c>SetupTexts.resx</c>: words of the set-up page.</summary>
public sealed class SetupTexts;
