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

create or replace temp macro gemini_maps_grounded(grounding) as
    grounding.googlemapswidgetcontexttoken is not null
    or coalesce(len(list_filter(grounding.groundingchunks, lambda chunk: chunk.maps is not null)), 0) > 0
;

-- The queries are the web's where pages of it are what the answer says, or where no map is.
create or replace temp macro gemini_asks_the_web(grounding) as
    len(list_filter(grounding.groundingchunks, lambda chunk: chunk.web is not null)) > 0
    or gemini_maps_grounded(grounding) = false
;

-- Answers that maps grounded are paid likewise.
create or replace temp macro gemini_maps(model, grounding) as
    case
        when gemini_maps_grounded(grounding)
        then
            case
                when regexp_matches(model, '^gemini-[12][.-]') or gemini_asks_the_web(grounding)
                then 1
                else greatest(len(list_distinct(grounding.websearchqueries)), 1)
            end
    end
;

-- The tokens of one modality.
create or replace temp macro interaction_tokens(details, wanted) as
    total_of(list_transform(list_filter(details, lambda d: d.modality = wanted), lambda d: tokens(d.tokens)))
;

create or replace temp macro gemini_modality(details, wanted) as
    total_of(list_transform(list_filter(details, lambda d: d.modality = wanted), lambda d: tokens(d.tokencount)))
;

-- What an interaction asked a tool of Google's: its queries, or once where it does not say them.
create or replace temp macro interaction_queries(steps, tool) as
    total_of(list_transform(list_filter(steps, lambda s: s.type = tool), lambda s: greatest(len(s.arguments.queries), 1)))
;
