namespace IoTCentral.Web.Features.Templates;

/// <summary>Names the resource with the words of the device template pages.</summary>
public sealed class TemplateTexts;
