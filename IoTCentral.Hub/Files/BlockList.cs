using System.Xml;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Files;

/// <summary>The body of Put Block List: which blocks, in which order, make the blob.</summary>
internal static class BlockList
{
    // Azure's; and as many as that take no more than this.
    private const int MostBlocks = 50_000;
    public const int MostBytes = 8 * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        Async = true,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = MostBytes,
    };

    /// <exception cref="BlobException">It is none.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(byte[] body)
    {
        var blocks = new List<string>();
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), Settings);
            await reader.MoveToContentAsync();
            if (reader.Name != "BlockList")
                throw Invalid("A block list begins with <BlockList>.");
            if (reader.IsEmptyElement)
                return [];
            await reader.ReadAsync();
            while (reader.NodeType == XmlNodeType.Element)
            {
                // What is not in a file yet is all we have blocks of, so Committed can only mean what is not there.
                if (reader.Name is not ("Latest" or "Uncommitted" or "Committed"))
                    throw Invalid("A block list has Latest, Uncommitted and Committed.");
                var id = (await reader.ReadElementContentAsStringAsync()).Trim();
                if (!BlobRequest.IsBlockId(id) || blocks.Count == MostBlocks)
                    throw Invalid($"A block list has at most {MostBlocks} ids of blocks, each in base64.");
                blocks.Add(id);
            }
        }
        catch (XmlException)
        {
            throw new BlobException(StatusCodes.Status400BadRequest, "InvalidXmlDocument", "The body is no XML.");
        }

        return blocks;
    }

    private static BlobException Invalid(string message) =>
        new(StatusCodes.Status400BadRequest, "InvalidBlockList", message);
}
