namespace IoTCentral.Web.Features.Rules;

/// <summary>Names the resource <c>RulePageTexts.resx</c>: words of the list and the editor of rules.</summary>
public sealed class RulePageTexts;
