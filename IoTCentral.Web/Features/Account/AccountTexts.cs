namespace IoTCentral.Web.Features.Account;

/// <summary>Names the resource <c>AccountTexts.resx</c>: words of the account page.</summary>
public sealed class AccountTexts;
