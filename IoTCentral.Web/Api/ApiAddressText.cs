namespace IoTCentral.Web.Api;

/// <summary>
/// Parameters of an address go to the database, which holds no U+0000. In a path the server refuses it before us, and bad
/// UTF-8 is replaced by whoever decodes the address.
/// </summary>
internal sealed class ApiAddressText : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var texts = context.HttpContext.Request.Query.SelectMany(q => q.Value);
        return texts.Any(t => t?.Contains('\0', StringComparison.Ordinal) is true)
            ? throw new ApiQueryException("The address has the character U+0000 (%00), which no text here has.")
            : next(context);
    }
}
