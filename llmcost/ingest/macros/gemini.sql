-- Gemini --------------------------------------------------------------------------------------------------
-- The answer without the thoughts.
create or replace temp macro gemini_answer(parts) as
    texts_joined(
        list_transform(
            list_filter(parts, lambda p: not coalesce(flag(p.thought), false)),
            lambda p: coalesce(p.text, p.functioncall)
        )
    )
;

-- The tokens of one modality.
create or replace temp macro gemini_modality(details, wanted) as
    total_of(list_transform(list_filter(details, lambda d: d.modality = wanted), lambda d: tokens(d.tokencount)))
;
