namespace IoTCentral.Web.Features.SignIn;

/// <summary>Names the resource <c>SignInTexts.resx</c>: words of landing, sign-in and status pages.</summary>
public sealed class SignInTexts;
